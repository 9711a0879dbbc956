import { buildApp } from "../../src/headless/app-build.ts";

console.log(`Built into ${await buildApp()}`);
