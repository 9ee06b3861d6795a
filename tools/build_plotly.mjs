// Bundles plotly.js for tools/build-plotly: `node build_plotly.mjs TARGET`, in a directory with the packages installed.
import { build } from "esbuild";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

writeFileSync("plotly.js", `
import Plotly from "plotly.js/lib/core";
import contour from "plotly.js/lib/contour";
import heatmap from "plotly.js/lib/heatmap";
Plotly.register([contour, heatmap]);
export default Plotly;
`);
writeFileSync("plotly-3d.js", `
import Plotly from "plotly.js/lib/core";
import surface from "plotly.js/lib/surface";
import scatter3d from "plotly.js/lib/scatter3d";
Plotly.register([surface, scatter3d]);
export default Plotly;
`);

await build({
  entryPoints: ["plotly.js", "plotly-3d.js"],
  outdir: process.argv[2],
  format: "esm",
  splitting: true,
  chunkNames: "plotly-core",
  bundle: true,
  minify: true,
  legalComments: "none",
  target: "es2020",
  logLevel: "warning",
  loader: { ".css": "empty", ".glsl": "text" },
  alias: { regl: "@plotly/regl", stream: "stream-browserify" },
  define: { global: "globalThis", "define.amd": "false", "process.env.NODE_DEBUG": "false" },
});

// A brotli twin of each file, which the server sends to browsers that take it: a tenth smaller than gzip.
for (const name of readdirSync(process.argv[2]).filter((file) => file.endsWith(".js"))) {
  const path = join(process.argv[2], name);
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));
}
