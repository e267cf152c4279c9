import { z } from "zod";

/** What the form for a key takes; the same rules as the engine's, told before anything is sent. */
export const keyEntry = z.object({
  name: z
    .string()
    .trim()
    .min(1, "empty")
    .regex(/^[A-Za-z0-9._-]{1,64}$/, "bad"),
  secret: z.string().trim().min(1, "empty"),
});

/** A key as it stands in the form. */
export type KeyEntry = z.infer<typeof keyEntry>;
