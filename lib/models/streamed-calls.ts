import { argumentsText } from "./tool-arguments.ts";

/** What a chunk says about a call. Servers leave out the index, the id, or both, and repeat an index for parallel calls. */
export type CallPiece = {
  index?: number | null;
  id?: string | null;
  function?: { name?: string | null; arguments?: unknown } | null;
};

type Call = { id: string; name: string; argumentsText: string };

/** The tool calls of a Chat Completions stream, in the order in which they began. */
export class StreamedCalls {
  readonly all: Call[] = [];
  readonly #atIndex = new Map<number, Call>();
  /** The first call with each id. */
  readonly #ofId = new Map<string, Call>();

  /**
   * Adds a piece to its call: the one at its index, else the last. A different id there, or a different name where
   * there are no ids, begins another call.
   */
  grow(piece: CallPiece): void {
    const id = piece.id ?? "";
    const name = piece.function?.name ?? "";
    const index = piece.index ?? null;
    const open = index === null ? this.#without(id, name) : this.#atIndex.get(index);
    const call = open && belongs(open, id, name) ? open : this.#begin();
    if (index !== null) this.#atIndex.set(index, call);
    call.id ||= id;
    if (call.id !== "" && !this.#ofId.has(call.id)) this.#ofId.set(call.id, call);
    call.name ||= name;
    call.argumentsText += argumentsText(piece.function?.arguments);
  }

  /** Without an index: the call with this id; the last call if the piece only continues it; none if it begins one. */
  #without(id: string, name: string): Call | undefined {
    if (id !== "") return this.#ofId.get(id);
    return name === "" ? this.all.at(-1) : undefined;
  }

  #begin(): Call {
    const call = { id: "", name: "", argumentsText: "" };
    this.all.push(call);
    return call;
  }
}

function belongs(call: Call, id: string, name: string): boolean {
  if (id !== "" && call.id !== "") return id === call.id;
  return id !== "" || name === "" || call.name === "" || name === call.name;
}
