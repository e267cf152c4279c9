import { Outlet } from "@tanstack/react-router";
import { Navigation } from "./Navigation";

/** Everything around a screen. */
export function Frame() {
  return (
    <div className="flex h-full">
      <Navigation />
      <main className="min-w-0 flex-1 overflow-y-auto">
        <Outlet />
      </main>
    </div>
  );
}
