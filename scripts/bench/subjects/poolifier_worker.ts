import { ThreadWorker } from "poolifier";
import { burn, echo, increment } from "../tasks.ts";

export default new ThreadWorker<unknown, unknown>({
  increment: (x) => increment(x as number),
  echo,
  burn: (rounds) => burn(rounds as number),
});
