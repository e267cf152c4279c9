import { createRootRoute } from "@tanstack/react-router";
import { Frame } from "./Frame";

export const rootRoute = createRootRoute({ component: Frame });
