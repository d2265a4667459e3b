import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it arrived. `key` is the step's, dots for brackets; `answered` when the whole answer was handed over. */
export type OrderRequest = {
  at: number;
  method: string;
  run: string;
  key: string;
  idempotencyKey: string | null;
  answered: boolean;
  disturbed: Disturbance | null;
};

/** `cut`: the connection is reset before the answer; `hang`: no answer comes; `refuse`: 503. */
export type Disturbance = "cut" | "hang" | "refuse";

/**
 * The outside world of the runs. It keeps its own record of what really arrived, beside the database: `?run=…&key=…&ms=…`
 * answers after `ms`; with `failures=n` the first n requests of a step are refused with 503.
 */
export class OrderService {
  readonly log: OrderRequest[] = [];
  /** What happens to one request of `oneIn`. */
  disturbance: { kind: Disturbance; oneIn: number } | null = null;
  readonly #failed = new Map<string, number>();
  #count = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<OrderService> {
    const service = new OrderService();
    await new Promise<void>((resolve) => service.#server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { searchParams } = new URL(request.url ?? "/", "http://orders");
    const header = request.headers["idempotency-key"];
    const disturbed = this.disturbance && this.#count++ % this.disturbance.oneIn === 0 ? this.disturbance.kind : null;
    const entry: OrderRequest = {
      at: Date.now(),
      method: request.method ?? "",
      run: searchParams.get("run") ?? (typeof header === "string" ? (header.split(":")[0] ?? "") : ""),
      key: searchParams.get("key") ?? (typeof header === "string" ? (header.split(":")[1] ?? "") : ""),
      idempotencyKey: typeof header === "string" ? header : null,
      answered: false,
      disturbed,
    };
    this.log.push(entry);
    request.resume();
    response.on("finish", () => (entry.answered = true));
    if (disturbed === "hang") return;
    if (disturbed === "cut") return void request.socket.resetAndDestroy();
    const status =
      disturbed === "refuse" || this.#mustFail(entry, Number(searchParams.get("failures") ?? 0)) ? 503 : 200;
    const timer = setTimeout(
      () => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify({ key: entry.key, status }));
      },
      Number(searchParams.get("ms") ?? 0),
    );
    response.on("close", () => clearTimeout(timer));
  }

  #mustFail({ run, key }: OrderRequest, failures: number): boolean {
    const step = `${run} ${key}`;
    const failed = this.#failed.get(step) ?? 0;
    if (failed >= failures) return false;
    this.#failed.set(step, failed + 1);
    return true;
  }
}
