import { buildApp } from "./app-build.ts";

console.log(`Built into ${await buildApp()}`);
