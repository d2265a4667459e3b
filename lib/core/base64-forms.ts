/** Shorter ones would be found in ordinary words. */
const leastLength = 8;

/**
 * What a text looks like in base64 and base64url, alone or in the middle of something longer (`Basic` is base64 of
 * `user:password`): three alignments to groups of three bytes, without the characters at the ends that depend on what stands
 * beside it. Empty for a text so short that too little would remain.
 */
export function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text.trim(), "utf8");
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    const rest = (shift + bytes.length) % 3;
    const form = encoded.slice(shift === 0 ? 0 : shift + 1, rest === 0 ? undefined : rest - 4);
    if (form.length < leastLength) return [];
    const urlSafe = form.replaceAll("+", "-").replaceAll("/", "_");
    return urlSafe === form ? [form] : [form, urlSafe];
  });
}
