/** Every screen. A new one is a folder with an `index.ts` like the others, and a name in both lists here. */
import * as chains from "./chains";
import * as overview from "./overview";

export const screens = [overview.screen, chains.screen];

export const screenRoutes = [...overview.routes, ...chains.routes] as const;
