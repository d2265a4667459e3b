"use client";

import { PageError, type PageErrorProps } from "#/components/shell/page-error.tsx";

export default function RootError(props: PageErrorProps) {
  return (
    <main className="flex min-h-dvh flex-col justify-center">
      <PageError {...props} />
    </main>
  );
}
