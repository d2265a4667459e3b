import { NotFoundMessage } from "#/components/shell/not-found-message.tsx";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col justify-center">
      <NotFoundMessage />
    </main>
  );
}
