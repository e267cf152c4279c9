/** Views of the list that the operator named: kept in this browser or window. */
import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { IncidentFilter } from "./filter";

export interface SavedView {
  name: string;
  search: Partial<IncidentFilter>;
}

interface Views {
  views: SavedView[];
  save: (view: SavedView) => void;
  forget: (name: string) => void;
}

export const useViews = create<Views>()(
  persist(
    (set) => ({
      views: [],
      save: (view) =>
        set(({ views }) => ({ views: [...views.filter(({ name }) => name !== view.name), view] })),
      forget: (name) => set(({ views }) => ({ views: views.filter((view) => view.name !== name) })),
    }),
    { name: "changeover.incident-views" },
  ),
);
