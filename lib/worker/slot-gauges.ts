import { Gauge } from "prom-client";
import { metrics } from "#/lib/core/metrics.ts";

/** Reports how many runs the worker holds, and how many it may hold. */
export function measureSlots(worker: { running: number; slots: number }): void {
  const of = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(value());
      },
    });
  of("reprise_worker_slots_used", "Runs in the worker's hands", () => worker.running);
  of("reprise_worker_slots", "Runs that the worker takes at once", () => worker.slots);
}
