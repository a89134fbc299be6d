import workerpool from "workerpool";
import { burn, echo, increment } from "../tasks.ts";

workerpool.worker({ increment, echo, burn });
