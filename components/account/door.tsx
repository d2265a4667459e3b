import type { ReactNode } from "react";
import { Logo } from "#/components/shell/logo.tsx";

/** The frame of the pages outside any workspace that each ask for one thing: sign in, accept, choose a password. */
export function Door({ title, about, children }: { title: ReactNode; about?: ReactNode; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[16dvh] pb-8">
      <div className="flex w-full max-w-80 flex-col gap-5">
        <header className="flex flex-col gap-3">
          <Logo className="size-7 text-accent" />
          <h1 className="text-xl font-semibold break-words">{title}</h1>
          {about ? <div className="break-words text-ink-muted">{about}</div> : null}
        </header>
        {children}
      </div>
    </main>
  );
}
