"use client";

/** Narrower than this a toast at the bottom would cover the buttons of a dialog in the middle. */
const wideEnough = 1280;

export function hasRoomForToasts(): boolean {
  return window.innerWidth >= wideEnough;
}

/** Where a toast that is raised over an open dialog does not cover its buttons. */
export function besideDialog(): { position: "bottom-right" | "top-center" } {
  return { position: hasRoomForToasts() ? "bottom-right" : "top-center" };
}
