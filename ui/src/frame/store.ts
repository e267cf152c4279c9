import { create } from "zustand";

/** What may be open in front of a screen. */
type Front = "palette" | "shortcuts" | "servers";

export const useFrame = create<{ front: Front | null }>(() => ({ front: null }));

export const show = (front: Front | null) => useFrame.setState({ front });
