"use client";

import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

/**
 * A link within the site. The page behind it is fetched ahead when somebody points at the link or reaches it by
 * keyboard. Fetching ahead for every link in view, as Next does by itself, would cost the server a dozen pages for one.
 */
export function Link(props: Omit<ComponentProps<typeof NextLink>, "onMouseEnter" | "onFocus">) {
  const [isWanted, setWanted] = useState(false);
  const want = () => setWanted(true);
  return <NextLink prefetch={isWanted ? null : false} {...props} onMouseEnter={want} onFocus={want} />;
}
