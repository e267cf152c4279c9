import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import { startI18n } from "@/i18n";

// jsdom has no layout, so nothing ever resizes, scrolls into view or animates there; its clicks are mouse events.
class Still {
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}
Object.assign(globalThis, {
  ResizeObserver: globalThis.ResizeObserver ?? Still,
  IntersectionObserver: globalThis.IntersectionObserver ?? Still,
  PointerEvent: globalThis.PointerEvent ?? MouseEvent,
});
Element.prototype.getAnimations ??= () => [];
Document.prototype.getAnimations ??= () => [];
Element.prototype.scrollIntoView ??= () => {};

// A slow machine is no failure here either.
configure({ asyncUtilTimeout: 20_000 });
startI18n();
afterEach(cleanup);
