/**
 * OpenTelemetry: spans of the calls of pools and of their tasks; the caller's trace goes on there.
 *
 * Run: `node examples/opentelemetry.ts`, `bun examples/opentelemetry.ts`,
 * `deno run -A examples/opentelemetry.ts`.
 */
import { subscribe } from "node:diagnostics_channel";
import { context, propagation, type Span, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { currentTask, type JobEvent, Pool, type TaskEndEvent } from "@allcores/multiprocessing";

const tracer = trace.getTracer("@allcores/multiprocessing");
const calls = new Map<string, Span>();
type Of = { pool: number; job: number };
function on<Event extends Of>(name: string, tell: (event: Event, key: string) => void): void {
  const keyOf = ({ pool, job }: Of): string => `${pool}.${job}`;
  subscribe(`allcores:pool:${name}`, (event) => tell(event as Event, keyOf(event as Event)));
}
on<JobEvent>("job:start", ({ kind, fn, carrier }, key) => {
  calls.set(key, tracer.startSpan(`${kind} ${fn}`));
  propagation.inject(trace.setSpan(context.active(), calls.get(key)!), carrier);
});
on<TaskEndEvent>("task:end", ({ fn, worker, outcome, error, runMs }, key) => {
  const caller = trace.setSpan(context.active(), calls.get(key)!);
  const attributes = { "task.worker": worker ?? "none", "task.outcome": outcome };
  const options = { startTime: Date.now() - (runMs ?? 0), attributes };
  const task = tracer.startSpan(fn, options, caller);
  if (error instanceof Error) task.recordException(error);
  task.end();
});
on<JobEvent>("job:end", (_, key) => (calls.get(key)?.end(), calls.delete(key)));
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
/** A task: spans of its own begin in the context that is extracted; here it tells its trace. */
export function traceOf(): string | undefined {
  const caller = propagation.extract(context.active(), currentTask().carrier);
  return trace.getSpanContext(caller)?.traceId;
}
if (import.meta.main) {
  const spans = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor({ exporter: spans });
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  await using pool = new Pool(1);
  await tracer.startActiveSpan("request", async (request) => {
    console.log(await pool.apply(traceOf) === request.spanContext().traceId);
    request.end();
  });
  await processor.forceFlush();
  console.log(spans.getFinishedSpans().map(({ name }) => name).join(", "));
}
// Prints:
// true
// traceOf, call traceOf, request
