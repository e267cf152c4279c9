/** Every screen. A new one is a folder with an `index.ts` like the others, and a name in both lists here. */
import * as chains from "./chains";
import * as gpus from "./gpus";
import * as incidents from "./incidents";
import * as overview from "./overview";
import * as reports from "./reports";
import * as settings from "./settings";

export const screens = [
  overview.screen,
  chains.screen,
  gpus.screen,
  incidents.screen,
  reports.screen,
  settings.screen,
];

export const screenRoutes = [
  ...overview.routes,
  ...chains.routes,
  ...gpus.routes,
  ...incidents.routes,
  ...reports.routes,
  ...settings.routes,
] as const;
