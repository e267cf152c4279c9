/** Every screen. A new one is a folder with an `index.ts` like the others, and a name in both lists here. */
import * as chains from "./chains";
import * as gpus from "./gpus";
import * as history from "./history";
import * as incidents from "./incidents";
import * as overview from "./overview";
import * as playground from "./playground";
import * as reports from "./reports";
import * as runbooks from "./runbooks";
import * as settings from "./settings";

export const screens = [
  overview.screen,
  chains.screen,
  gpus.screen,
  incidents.screen,
  reports.screen,
  runbooks.screen,
  playground.screen,
  settings.screen,
];

/** The namespaces that a list of all screens needs. */
export const SCREEN_WORDS = [
  "common",
  "overview",
  "chains",
  "gpus",
  "incidents",
  "reports",
  "runbooks",
  "playground",
  "settings",
] as const;

export const screenRoutes = [
  ...overview.routes,
  ...chains.routes,
  ...gpus.routes,
  ...incidents.routes,
  ...reports.routes,
  ...runbooks.routes,
  ...history.routes,
  ...playground.routes,
  ...settings.routes,
] as const;
