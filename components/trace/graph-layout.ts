/** A node of a version as the graph draws it; `inside` is the map node that holds it. */
export type GraphNode = {
  id: string;
  type: string;
  title: string | null;
  needs: readonly string[];
  inside: string | null;
};

/** Where a node stands, in px; one with inner nodes is as large as they need. `column` and `layer` are for the arrows. */
export type GraphBox = {
  node: GraphNode;
  x: number;
  y: number;
  width: number;
  height: number;
  layer: number;
  column: number;
};

type GraphEdge = { from: string; to: string; path: string };
export type GraphLayout = { boxes: GraphBox[]; edges: GraphEdge[]; width: number; height: number };

const boxWidth = 208;
export const boxHeight = 54;
const gapX = 24;
const gapY = 40;
const framePx = 12;
const frameTop = boxHeight + 4;

/**
 * Lays a version out in layers from top to bottom: a node stands below all that it needs, and within its layer near to
 * them (two sweeps of barycentres). A map holds its inner nodes, laid out the same way. Linear but for the sorting. Pure.
 */
export function layoutGraph(nodes: readonly GraphNode[]): GraphLayout {
  const laid = layoutLevel(nodes, null);
  return { ...laid, boxes: laid.boxes.toSorted((a, b) => a.layer - b.layer || a.column - b.column) };
}

function layoutLevel(nodes: readonly GraphNode[], inside: string | null): GraphLayout {
  const level = nodes.filter((node) => node.inside === inside);
  const inner = new Map(level.map((node) => [node.id, innerLayout(nodes, node)]));
  const sizeOf = (id: string) => {
    const held = inner.get(id);
    if (!held) return { width: boxWidth, height: boxHeight };
    return { width: Math.max(boxWidth, held.width + 2 * framePx), height: frameTop + held.height + framePx };
  };
  const layers = ordered(layersOf(level), level);
  const rowWidths = layers.map((layer) => sum(layer.map(({ id }) => sizeOf(id).width)) + gapX * (layer.length - 1));
  const width = Math.max(0, ...rowWidths);
  const boxes: GraphBox[] = [];
  const edges: GraphEdge[] = [];
  let y = 0;
  layers.forEach((layer, layerAt) => {
    let x = (width - (rowWidths[layerAt] ?? 0)) / 2;
    layer.forEach((node, column) => {
      const size = sizeOf(node.id);
      boxes.push({ node, x, y, ...size, layer: layerAt, column });
      const held = inner.get(node.id);
      if (held) place(held, x + (size.width - held.width) / 2, y + frameTop, boxes, edges);
      x += size.width + gapX;
    });
    y += Math.max(...layer.map(({ id }) => sizeOf(id).height)) + gapY;
  });
  edges.push(...edgesOf(level, boxes));
  return { boxes, edges, width, height: Math.max(0, y - gapY) };
}

function innerLayout(nodes: readonly GraphNode[], node: GraphNode): GraphLayout | null {
  return nodes.some(({ inside }) => inside === node.id) ? layoutLevel(nodes, node.id) : null;
}

function place(held: GraphLayout, x: number, y: number, boxes: GraphBox[], edges: GraphEdge[]): void {
  for (const box of held.boxes) boxes.push({ ...box, x: box.x + x, y: box.y + y });
  for (const edge of held.edges) edges.push({ ...edge, path: shifted(edge.path, x, y) });
}

/** The longest path from a root decides the layer; needs outside the node's own level do not count. */
function layersOf(level: readonly GraphNode[]): GraphNode[][] {
  const known = new Map(level.map((node) => [node.id, node]));
  const depth = new Map<string, number>();
  for (const root of level) {
    const open = [root];
    while (open.length > 0) {
      const node = open.at(-1) as GraphNode;
      const needs = node.needs.filter((id) => known.has(id));
      const missing = needs.find((id) => !depth.has(id));
      // A need that is already open would be a cycle; definitions have none, but this must not hang if one had.
      const next = missing === undefined ? undefined : known.get(missing);
      if (next && !open.includes(next) && !depth.has(node.id)) {
        open.push(next);
        continue;
      }
      depth.set(node.id, Math.max(-1, ...needs.map((id) => depth.get(id) ?? -1)) + 1);
      open.pop();
    }
  }
  const layers: GraphNode[][] = [];
  for (const node of level) (layers[depth.get(node.id) ?? 0] ??= []).push(node);
  return layers.filter((layer) => layer !== undefined);
}

/** Orders each layer by where its neighbours stand, downwards and then upwards; ties keep the author's order. */
function ordered(layers: GraphNode[][], level: readonly GraphNode[]): GraphNode[][] {
  const followers = new Map<string, string[]>();
  for (const node of level) for (const id of node.needs) followers.set(id, [...(followers.get(id) ?? []), node.id]);
  const sorted = layers.map((layer) => [...layer]);
  const sweep = (at: number, next: number, neighbours: (node: GraphNode) => readonly string[]) => {
    const beside = sorted[next] ?? [];
    const place = new Map(beside.map((node, index) => [node.id, (index + 0.5) / beside.length]));
    const layer = sorted[at] ?? [];
    const centre = new Map(
      layer.map((node, index) => [node.id, mean(neighbours(node), place) ?? (index + 0.5) / layer.length]),
    );
    sorted[at] = layer.toSorted((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0));
  };
  for (let at = 1; at < sorted.length; at++) sweep(at, at - 1, (node) => node.needs);
  for (let at = sorted.length - 2; at >= 0; at--) sweep(at, at + 1, (node) => followers.get(node.id) ?? []);
  return sorted;
}

function mean(ids: readonly string[], place: ReadonlyMap<string, number>): number | null {
  const known = ids.map((id) => place.get(id)).filter((value) => value !== undefined);
  return known.length === 0 ? null : sum(known) / known.length;
}

function edgesOf(level: readonly GraphNode[], boxes: readonly GraphBox[]): GraphEdge[] {
  const at = new Map(boxes.map((box) => [box.node.id, box]));
  return level.flatMap((node) =>
    [...new Set(node.needs)].flatMap((id) => {
      const [from, to] = [at.get(id), at.get(node.id)];
      return from && to ? [{ from: id, to: node.id, path: curve(from, to) }] : [];
    }),
  );
}

function curve(from: GraphBox, to: GraphBox): string {
  const [x1, y1] = [from.x + from.width / 2, from.y + from.height];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  const bend = Math.max(gapY / 2, (y2 - y1) / 2);
  return `M ${x1} ${y1} C ${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

/** A path of absolute coordinates (pairs after M and C), moved. */
function shifted(path: string, x: number, y: number): string {
  let isX = false;
  return path.replace(/-?\d+(?:\.\d+)?/g, (number) => {
    isX = !isX;
    return String(Number(number) + (isX ? x : y));
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export type GraphMove = "up" | "down" | "left" | "right";

/** The box that an arrow key leads to: the nearest one whose middle lies in that direction; null when there is none. */
export function moveInGraph(boxes: readonly GraphBox[], from: string, move: GraphMove): string | null {
  const start = boxes.find(({ node }) => node.id === from);
  if (!start) return boxes[0]?.node.id ?? null;
  const [x, y] = middle(start);
  const isVertical = move === "up" || move === "down";
  let best: { id: string; cost: number } | null = null;
  for (const box of boxes) {
    if (box === start) continue;
    const [dx, dy] = [middle(box)[0] - x, middle(box)[1] - y];
    const [along, across] =
      move === "up" ? [-dy, dx] : move === "down" ? [dy, dx] : move === "left" ? [-dx, dy] : [dx, dy];
    if (along < 1) continue;
    // Up and down: the nearest box in the next layer. Sideways: the same height counts most.
    const cost = isVertical ? 4 * along + Math.abs(across) : along + 4 * Math.abs(across);
    if (best === null || cost < best.cost) best = { id: box.node.id, cost };
  }
  return best?.id ?? null;
}

/** For a box with inner nodes, the middle of its head: the inner nodes are below it. */
function middle(box: GraphBox): [number, number] {
  return [box.x + box.width / 2, box.y + boxHeight / 2];
}
