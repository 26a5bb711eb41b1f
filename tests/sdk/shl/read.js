// Opens links as a reader's app would, one after the other: requests on standard input, what was
// seen on the output.
import { text } from "node:stream/consumers";
import { SHLViewer } from "kill-the-clipboard";

async function read({ link, ...reader }) {
  const viewer = new SHLViewer({ shlinkURI: link });
  const { shl } = viewer;
  const { manifest, fhirResources } = await viewer.resolveSHL(reader);
  return {
    label: shl.label,
    passcode: shl.requiresPasscode,
    live: shl.isLongTerm,
    direct: shl.isDirectFile,
    expires: shl.expirationDate?.toISOString(),
    manifest,
    resources: fhirResources,
  };
}

const told = [];
for (const asked of JSON.parse(await text(process.stdin))) {
  told.push(await read(asked).catch((problem) => ({ refused: problem.name })));
}
process.stdout.write(JSON.stringify(told));
