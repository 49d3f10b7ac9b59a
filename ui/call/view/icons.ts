// SVG line icons on a 24-unit square, stroke width 2. Decorative: every button also has a label.

const DRAWINGS = {
  microphone: ["M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3Z", "M6 11a6 6 0 0 0 12 0", "M12 17v4"],
  "microphone-off": ["M15 9.5V6a3 3 0 0 0-5.7-1.3", "M9 9v2a3 3 0 0 0 4.6 2.5", "M6 11a6 6 0 0 0 9.4 4.9", "M18 11a6 6 0 0 1-.5 2.4", "M12 17v4", "M4 3l16 18"],
  camera: ["M5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2Z", "M15 11l6-3.5v9L15 13"],
  "camera-off": ["M9.5 6H13a2 2 0 0 1 2 2v3l6-3.5v9", "M15 15.5V16a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 1.6-2", "M4 3l16 18"],
  flip: ["M4 9a8 8 0 0 1 13.7-3.7L20 7.5", "M20 3v4.5h-4.5", "M20 15a8 8 0 0 1-13.7 3.7L4 16.5", "M4 21v-4.5h4.5"],
  share: ["M4 4h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Z", "M8 20h8", "M12 13V7.5", "M9.5 9.5 12 7l2.5 2.5"],
  "share-off": ["M4 4h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Z", "M8 20h8", "M9.8 7.8l4.4 4.4", "M14.2 7.8l-4.4 4.4"],
  leave: ["M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8", "M10.5 12H20", "M16.5 8.5 20 12l-3.5 3.5"],
  end: ["M12 9c-3.4 0-6.4.9-8.6 2.4a1.5 1.5 0 0 0-.4 2l1.2 1.9a1.5 1.5 0 0 0 1.9.5l2.3-1.1a1.5 1.5 0 0 0 .9-1.3V12a10 10 0 0 1 5.4 0v1.4a1.5 1.5 0 0 0 .9 1.3l2.3 1.1a1.5 1.5 0 0 0 1.9-.5l1.2-1.9a1.5 1.5 0 0 0-.4-2C18.4 9.9 15.4 9 12 9Z"],
  settings: ["M4 7h9", "M19 7h1", "M16 4.500a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z", "M4 17h1", "M11 17h9", "M8 14.500a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z"],
  check: ["M5 12.500l4.5 4.500L19 7.5"],
  alert: ["M12 4l9 16H3L12 4Z", "M12 10v4.5", "M12 17.400v.1"],
  bell: ["M6 17V11a6 6 0 0 1 12 0v6l1.5 1.500h-15L6 17Z", "M10.5 21h3"],
  person: ["M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z", "M4.5 20.500a7.5 7.5 0 0 1 15 0"],
  clock: ["M12 3.500a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z", "M12 7.500V12l3 2"],
  door: ["M6 21V5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v16", "M3.5 21h17", "M14.5 12v.5"],
  sound: ["M4 9.500v5h3.500L12 18.500v-13L7.5 9.500H4Z", "M15.5 9a4 4 0 0 1 0 6", "M18 6.500a8 8 0 0 1 0 11"],
  signal: ["M5 19v-3", "M10 19v-6.5", "M15 19V9", "M20 19V5"],
  devices: ["M4 5h11a1 1 0 0 1 1 1v3", "M3 15V6a1 1 0 0 1 1-1", "M2 18.500h9", "M14 12h6a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Z"],
  close: ["M6 6l12 12", "M18 6 6 18"],
} as const;

export type IconName = keyof typeof DRAWINGS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const fixed = { viewBox: "0 0 24 24", width: "24", height: "24", fill: "none", stroke: "currentColor" };
  const lines = { "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: "call-icon" };
  for (const [key, value] of Object.entries({ ...fixed, ...lines })) svg.setAttribute(key, value);
  setIcon(svg, name);
  return svg;
}

/** Changes the icon in place, so that a button keeps its focus. */
export function setIcon(svg: SVGSVGElement, name: IconName): void {
  if (svg.dataset["icon"] === name) return;
  svg.dataset["icon"] = name;
  svg.replaceChildren(
    ...DRAWINGS[name].map((d) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", d);
      return path;
    }),
  );
}
