import type { ModelView } from "#/lib/contract/model.ts";
import { decideModel, type ModelQuestion } from "./allowlist.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { listPrice } from "./prices.ts";

/** A catalogue entry as every surface shows it: its price now, and whether this workspace may call it and why not. */
export function modelView(entry: CatalogueEntry, question: Omit<ModelQuestion, "ref">, at: Date): ModelView {
  const decision = decideModel({ ...question, ref: entry.ref });
  return {
    id: entry.id,
    ref: entry.ref,
    provider: entry.provider,
    name: entry.name,
    retired: entry.retired ?? false,
    price: entry.price ?? listPrice(entry.ref, at),
    allowed: decision.allowed,
    notAllowedCode: decision.allowed ? null : decision.code,
    notAllowedBecause: decision.allowed ? null : decision.because,
  };
}
