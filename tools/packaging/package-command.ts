import { buildPackage } from "./package-build.ts";

console.log(`Built into ${await buildPackage()}`);
