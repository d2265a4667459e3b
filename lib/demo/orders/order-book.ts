/** Money in cents of the order's currency; times ISO 8601 UTC. */
export type Order = {
  id: string;
  customer: { name: string; email: string };
  currency: "EUR";
  items: { sku: string; title: string; quantity: number; priceCents: number }[];
  shippingCents: number;
  totalCents: number;
  placedAt: string;
  carrier: string;
  trackingNumber: string;
  delivery: {
    state: "processing" | "in_transit" | "delivered" | "lost" | "damaged" | "returned";
    promisedAt: string;
    deliveredAt: string | null;
    daysLate: number;
    updatedAt: string;
  };
};

type Line = [sku: string, title: string, quantity: number, priceCents: number];
type Row = {
  id: string;
  customer: string;
  lines: Line[];
  shipping: number;
  placed: string;
  promised: string;
  carrier: string;
  state: Order["delivery"]["state"];
  delivered: string | null;
};

const lamp: Line = ["LMP-204", "Arc floor lamp, brass", 1, 12_900];
const mugs: Line = ["MUG-011", "Stoneware mug, set of four", 1, 3_800];
const rows: Row[] = [
  {
    id: "1001",
    customer: "Jonas Keller",
    lines: [["TRK-310", "Trail running shoes, 43", 1, 11_995]],
    shipping: 595,
    placed: "2026-10-28",
    promised: "2026-11-02",
    carrier: "Northline",
    state: "delivered",
    delivered: "2026-11-10",
  },
  {
    id: "1002",
    customer: "Aisha Rahman",
    lines: [lamp, ["BLB-027", "LED bulb E27, warm white", 2, 790]],
    shipping: 990,
    placed: "2026-11-03",
    promised: "2026-11-07",
    carrier: "Parcelway",
    state: "damaged",
    delivered: "2026-11-07",
  },
  {
    id: "1003",
    customer: "Pierre Lemoine",
    lines: [["CFE-500", "Espresso beans, 1 kg", 3, 2_450]],
    shipping: 490,
    placed: "2026-10-30",
    promised: "2026-11-04",
    carrier: "Northline",
    state: "lost",
    delivered: null,
  },
  {
    id: "1004",
    customer: "Marta Nowak",
    lines: [["JKT-118", "Rain jacket, navy, M", 1, 8_990]],
    shipping: 0,
    placed: "2026-11-05",
    promised: "2026-11-09",
    carrier: "Blue Courier",
    state: "delivered",
    delivered: "2026-11-08",
  },
  {
    id: "1005",
    customer: "Tom Becker",
    lines: [mugs, ["TEA-092", "Loose-leaf Darjeeling, 250 g", 2, 1_690]],
    shipping: 490,
    placed: "2026-11-08",
    promised: "2026-11-12",
    carrier: "Parcelway",
    state: "delivered",
    delivered: "2026-11-14",
  },
  {
    id: "1006",
    customer: "Elena García",
    lines: [["HDP-771", "Wireless headphones, graphite", 1, 18_900]],
    shipping: 0,
    placed: "2026-09-14",
    promised: "2026-09-18",
    carrier: "Blue Courier",
    state: "delivered",
    delivered: "2026-09-17",
  },
  {
    id: "1007",
    customer: "Noah Williams",
    lines: [["CHR-640", "Ergonomic office chair", 1, 34_900]],
    shipping: 2_900,
    placed: "2026-10-20",
    promised: "2026-10-29",
    carrier: "Heavyhaul",
    state: "delivered",
    delivered: "2026-11-12",
  },
  {
    id: "1008",
    customer: "Lena Fischer",
    lines: [
      ["BPK-205", "Hiking backpack, 28 l", 1, 9_450],
      ["BTL-031", "Steel bottle, 0.75 l", 1, 2_490],
    ],
    shipping: 590,
    placed: "2026-11-01",
    promised: "2026-11-05",
    carrier: "Northline",
    state: "delivered",
    delivered: "2026-11-09",
  },
  {
    id: "1009",
    customer: "Oluwaseun Adeyemi",
    lines: [["KBD-087", "Mechanical keyboard, ISO", 1, 14_900]],
    shipping: 0,
    placed: "2026-11-10",
    promised: "2026-11-16",
    carrier: "Parcelway",
    state: "in_transit",
    delivered: null,
  },
  {
    id: "1010",
    customer: "Sofia Rossi",
    lines: [["PAN-318", "Cast-iron pan, 28 cm", 1, 6_950], mugs],
    shipping: 690,
    placed: "2026-11-04",
    promised: "2026-11-08",
    carrier: "Heavyhaul",
    state: "damaged",
    delivered: "2026-11-08",
  },
  {
    id: "1011",
    customer: "Hugo Lindqvist",
    lines: [["SKT-052", "Skateboard deck, 8.25", 1, 5_990]],
    shipping: 490,
    placed: "2026-11-12",
    promised: "2026-11-17",
    carrier: "Blue Courier",
    state: "delivered",
    delivered: "2026-11-16",
  },
  {
    id: "1012",
    customer: "Grace Chen",
    lines: [
      ["CAM-900", "Compact camera, silver", 1, 64_900],
      ["CRD-128", "Memory card, 128 GB", 1, 2_390],
    ],
    shipping: 0,
    placed: "2026-10-25",
    promised: "2026-10-30",
    carrier: "Northline",
    state: "lost",
    delivered: null,
  },
  {
    id: "1013",
    customer: "Milan Horvat",
    lines: [["BKE-441", "Bike light set, USB", 2, 3_290]],
    shipping: 390,
    placed: "2026-11-14",
    promised: "2026-11-19",
    carrier: "Parcelway",
    state: "in_transit",
    delivered: null,
  },
  {
    id: "1014",
    customer: "Fatima Zahra",
    lines: [["RUG-266", "Wool rug, 160 × 230", 1, 27_900]],
    shipping: 1_900,
    placed: "2026-10-18",
    promised: "2026-10-27",
    carrier: "Heavyhaul",
    state: "returned",
    delivered: "2026-10-26",
  },
];

const reportedAt = "2026-11-18T08:00:00.000Z";
const dayMs = 86_400_000;

/** The shop's orders, the same in every process: on time, late, lost, damaged, on their way, sent back. */
export const orders: readonly Order[] = rows.map(orderOf);

function orderOf(row: Row, at: number): Order {
  const items = row.lines.map(([sku, title, quantity, priceCents]) => ({ sku, title, quantity, priceCents }));
  const goods = items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0);
  const known = Date.parse(row.delivered ?? reportedAt);
  return {
    id: row.id,
    customer: { name: row.customer, email: emailOf(row.customer) },
    currency: "EUR",
    items,
    shippingCents: row.shipping,
    totalCents: goods + row.shipping,
    placedAt: `${row.placed}T10:${String(10 + at)}:00.000Z`,
    carrier: row.carrier,
    trackingNumber: `${row.carrier.slice(0, 2).toUpperCase()}${7_300_100 + at * 137}`,
    delivery: {
      state: row.state,
      promisedAt: `${row.promised}T18:00:00.000Z`,
      deliveredAt: row.delivered === null ? null : `${row.delivered}T14:30:00.000Z`,
      daysLate: Math.max(0, Math.floor((known - Date.parse(row.promised)) / dayMs)),
      updatedAt: reportedAt,
    },
  };
}

function emailOf(name: string): string {
  const plain = name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return `${plain.replaceAll(" ", ".")}@example.com`;
}

/** What the shop grants for each kind of trouble; `refundPercent` of the goods, shipping comes on top when late. */
export const refundPolicies: Record<string, { refundPercent: number; note: string }> = {
  late: { refundPercent: 20, note: "Refund the shipping fee and 20 percent of the goods when a parcel is late." },
  lost: { refundPercent: 100, note: "Refund the whole order when the carrier lost it." },
  damaged: { refundPercent: 100, note: "Refund the whole order when goods arrive damaged." },
  wrong_item: { refundPercent: 100, note: "Refund the whole order when the wrong item was sent." },
  changed_mind: { refundPercent: 100, note: "Refund the goods within 30 days, not the shipping fee." },
  other: { refundPercent: 0, note: "No refund; a person decides." },
};
