/** Whether times are shown as moments or as how long ago: one switch for all of them. */
import { create } from "zustand";

const KEPT = "changeover.times";

interface Times {
  absolute: boolean;
  setAbsolute: (absolute: boolean) => void;
}

export const useTimes = create<Times>((set) => ({
  absolute: localStorage.getItem(KEPT) === "absolute",
  setAbsolute: (absolute) => {
    localStorage.setItem(KEPT, absolute ? "absolute" : "relative");
    set({ absolute });
  },
}));
