import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** This process's metrics. On globalThis: in Next, pages, routes and instrumentation are separate module instances. */
export const metrics = ((globalThis as { repriseMetrics?: Registry }).repriseMetrics ??= newRegistry());

function newRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

type Described<Label extends string> = { name: `reprise_${string}`; help: string; labels?: readonly Label[] };

/** A counter of this process, made at its first use. */
export function counter<Label extends string = never>({ name, help, labels = [] }: Described<Label>): Counter<Label> {
  const known = metrics.getSingleMetric(name) as Counter<Label> | undefined;
  return known ?? new Counter({ name, help, labelNames: [...labels], registers: [metrics] });
}

export function gauge<Label extends string = never>({ name, help, labels = [] }: Described<Label>): Gauge<Label> {
  const known = metrics.getSingleMetric(name) as Gauge<Label> | undefined;
  return known ?? new Gauge({ name, help, labelNames: [...labels], registers: [metrics] });
}

/** Buckets are upper bounds in seconds, as Prometheus wants durations. */
export function histogram<Label extends string = never>(
  described: Described<Label> & { buckets: number[] },
): Histogram<Label> {
  const { name, help, labels = [], buckets } = described;
  const known = metrics.getSingleMetric(name) as Histogram<Label> | undefined;
  return known ?? new Histogram({ name, help, labelNames: [...labels], buckets, registers: [metrics] });
}
