import { orders } from "./order-book.ts";

type Answer = { status: number; body: object };

/** How often a carrier's tracking fails before it answers for one parcel; a carrier not named here never fails. */
const outages: Record<string, number> = { Northline: 2, Heavyhaul: Infinity };

/** Tracking at the carriers: `Northline` stumbles twice over each parcel, `Heavyhaul` is down, the others answer. */
export class Carriers {
  readonly #failures = new Map<string, number>();

  /** 200 with the parcel's state, 404 for an unknown parcel, 503 while the carrier stumbles. */
  track(carrier: string, trackingNumber: string): Answer {
    const order = orders.find((one) => one.carrier === carrier && one.trackingNumber === trackingNumber);
    if (!order)
      return {
        status: 404,
        body: { error: { code: "parcel_not_found", message: `${carrier} does not know parcel ${trackingNumber}.` } },
      };
    const failures = this.#failures.get(trackingNumber) ?? 0;
    if (failures < (outages[carrier] ?? 0)) {
      this.#failures.set(trackingNumber, failures + 1);
      return {
        status: 503,
        body: { error: { code: "carrier_unavailable", message: `${carrier} tracking is not available, try again.` } },
      };
    }
    this.#failures.delete(trackingNumber);
    return { status: 200, body: { carrier, trackingNumber, orderId: order.id, ...order.delivery } };
  }

  reset(): void {
    this.#failures.clear();
  }
}
