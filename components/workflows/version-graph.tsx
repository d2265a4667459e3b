import { formatCount } from "#/components/ui/format.ts";
import { Link } from "#/components/ui/link.tsx";
import { type GraphBox, boxHeight, layoutGraph } from "#/components/trace/graph-layout.ts";
import { ScrollArea } from "#/components/ui/scroll-area.tsx";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";

const marginPx = 24;
/** More arrows than this are no picture, and the server would make each of them. */
const mostArrows = 3000;

/** A version's nodes in layers, each below all that it needs; a node leads to its row in the table (`nodesHref`). */
export function VersionGraph({ definition, nodesHref }: { definition: WorkflowDefinition; nodesHref: string }) {
  const nodes = placedNodes(definition);
  const arrows = nodes.reduce((sum, { node }) => sum + (node.needs?.length ?? 0), 0);
  if (arrows > mostArrows)
    return (
      <p className="p-3 text-ink-muted md:p-4">
        The nodes of this version name {formatCount(arrows)} needs: too many to be drawn. Nodes lists them.
      </p>
    );
  const { boxes, edges, width, height } = layoutGraph(
    nodes.map(({ node, inside }) => ({
      id: node.id,
      type: node.type,
      title: node.title ?? null,
      needs: node.needs ?? [],
      inside,
    })),
  );
  const size = { width: width + 2 * marginPx, height: height + 2 * marginPx };
  return (
    <ScrollArea label="Graph of the version's nodes" className="grow">
      <div className="relative mx-auto" style={size}>
        <svg aria-hidden className="pointer-events-none absolute inset-0 size-full" viewBox={viewBox(size)}>
          <defs>
            <marker
              id="version-arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M 0 0 L 8 4 L 0 8 z" fill="var(--line-strong)" />
            </marker>
          </defs>
          {edges.map(({ from, to, path }) => (
            <path
              key={`${from} ${to}`}
              d={path}
              fill="none"
              stroke="var(--line-strong)"
              strokeWidth={1.5}
              markerEnd="url(#version-arrow)"
            />
          ))}
        </svg>
        <ul>
          {boxes.map((box) => (
            <NodeBox key={box.node.id} box={box} href={`${nodesHref}#node-${box.node.id}`} />
          ))}
        </ul>
      </div>
    </ScrollArea>
  );
}

function viewBox({ width, height }: { width: number; height: number }): string {
  return `${-marginPx} ${-marginPx} ${width} ${height}`;
}

function NodeBox({ box, href }: { box: GraphBox; href: string }) {
  const { node } = box;
  const place = { left: box.x + marginPx, top: box.y + marginPx, width: box.width };
  return (
    <li>
      {box.height > boxHeight ? (
        <div
          aria-hidden
          className="pointer-events-none absolute rounded-lg border border-dashed border-line-strong"
          style={{ ...place, height: box.height }}
        />
      ) : null}
      <Link
        href={href}
        title={node.title ?? node.id}
        className="absolute flex flex-col justify-center rounded-md border border-line-strong bg-raised px-2.5 hover:bg-hover"
        style={{ ...place, height: boxHeight }}
      >
        <span className="truncate font-medium">{node.id}</span>
        <span className="truncate text-sm text-ink-muted">{node.type}</span>
        {node.needs.length > 0 ? <span className="sr-only">needs {node.needs.join(", ")}</span> : null}
      </Link>
    </li>
  );
}
