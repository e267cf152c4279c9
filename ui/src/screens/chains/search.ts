import { z } from "zod";

const text = z.string().optional().catch(undefined);

/** An order that is to be asked about at once: how the tray gives orders. */
export const chainsSearch = z.object({
  order: z.enum(["pin", "unpin", "failover", "failback"]).optional().catch(undefined),
  chain: text,
  tier: text,
  length: z.enum(["15m", "1h", "forever"]).optional().catch(undefined),
  only: z.boolean().optional().catch(undefined),
});
