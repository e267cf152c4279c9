import { create } from "zustand";

/** What is open in front of a screen. */
export const useFrame = create<{ front: "palette" | "shortcuts" | null }>(() => ({ front: null }));

export const show = (front: "palette" | "shortcuts" | null) => useFrame.setState({ front });
