/** Runs once when the web process starts (Next's convention). */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startWeb } = await import("#/lib/api/start-web.ts");
    startWeb();
  }
}
