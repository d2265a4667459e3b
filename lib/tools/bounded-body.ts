/**
 * A pull-based copy of a response body that fails as soon as more than `maxBytes` (after decompression) have come, so
 * that neither a large nor a compressed answer can fill the memory. `onEnd` runs exactly once: at the end, on a fault,
 * or when the reader cancels. `faultOf` turns a broken stream into the error to throw.
 */
export function boundedBody(
  source: ReadableStream<Uint8Array>,
  options: { maxBytes: number; tooLarge: () => Error; faultOf: (error: unknown) => unknown; onEnd: () => void },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = source.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        let chunk: ReadableStreamReadResult<Uint8Array>;
        try {
          chunk = await reader.read();
        } catch (error) {
          const fault = options.faultOf(error);
          options.onEnd();
          return controller.error(fault);
        }
        if (chunk.done) {
          options.onEnd();
          return controller.close();
        }
        bytes += chunk.value.byteLength;
        if (bytes > options.maxBytes) {
          reader.cancel().catch(() => undefined);
          options.onEnd();
          return controller.error(options.tooLarge());
        }
        controller.enqueue(chunk.value as Uint8Array<ArrayBuffer>);
      },
      async cancel() {
        options.onEnd();
        await reader.cancel().catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
