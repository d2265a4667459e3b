import { type Document, isPair, isScalar, isSeq, type Node, type Pair, visit } from "yaml";
import { type ChangedNumber, changeOf, keepsItsValue } from "./exact-number.ts";

/** The first number of a YAML document that would not survive unchanged (see exact-number.ts), or null. */
export function findChangedYamlNumber(document: Document, at = ""): ChangedNumber | null {
  let found: ChangedNumber | null = null;
  visit(document, {
    Scalar(_key, node, ancestors) {
      const { value, source } = node;
      if (typeof value !== "number" || source === undefined || isSame(source, value)) return undefined;
      found = { path: pathOf([...ancestors, node], at), message: changeOf(source) };
      return visit.BREAK;
    },
  });
  return found;
}

/** `.inf` and `.nan` are not JSON numbers; whoever stores the value refuses them. */
function isSame(source: string, value: number): boolean {
  if (/^[-+]?\.(inf|nan)$/i.test(source)) return true;
  if (/^0[ox]/.test(source)) return BigInt(source) === BigInt(value);
  return keepsItsValue(source);
}

function pathOf(nodes: readonly (Document | Node | Pair)[], at: string): string {
  return nodes.reduce<string>((path, parent, index) => {
    const child = nodes[index + 1];
    if (isSeq(parent)) return `${path}[${parent.items.indexOf(child)}]`;
    if (isPair(parent)) return `${path}.${isScalar(parent.key) ? String(parent.key.source ?? parent.key.value) : "?"}`;
    return path;
  }, at);
}
