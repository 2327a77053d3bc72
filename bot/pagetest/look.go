package pagetest

import "os"

// Fits fails where something sticks out of the window.
func (b *Browser) Fits() {
	b.Helper()
	wide := Evaluate[string](b, `[...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.closest(".hidden, .skip") && e.getBoundingClientRect().right > innerWidth + 0.5)
		.map((e) => e.tagName + "." + e.className).slice(0, 5).join(" ")`)
	if wide != "" {
		b.Errorf("sticks out of the window: %s", wide)
	}
	if width := Evaluate[int](b, "document.documentElement.scrollWidth"); width > 320 {
		b.Errorf("the page is %d px wide in a window of 320", width)
	}
}

// Legible fails where a text does not stand out from its ground.
func (b *Browser) Legible(where string) {
	b.Helper()
	if bad := Evaluate[string](b, audit); bad != "" {
		b.Errorf("%s: hard to read:\n%s", where, bad)
	}
}

// audit lists the texts that do not stand out from their ground as WCAG AA asks:
// 4.5 to 1, and 3 to 1 where they are large. A ground that shines through is
// mixed with the one below it.
const audit = `(() => {
	const parse = (c) => { const n = c.match(/[\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
	const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
	const ground = (e) => {
		const layers = [];
		for (let at = e; at; at = at.parentElement) {
			const c = parse(getComputedStyle(at).backgroundColor);
			if (c[3] > 0) layers.push(c);
			if (c[3] === 1) break;
		}
		return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
	};
	const light = (c) => {
		const [r, g, b] = c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const bad = [];
	for (const e of document.querySelectorAll("body *")) {
		const text = [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data.trim()).join("");
		if (!text || !e.checkVisibility() || e.closest(".hidden")) continue;
		const style = getComputedStyle(e), under = ground(e), ink = over(parse(style.color), under);
		const [a, b] = [light(ink), light(under)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
		const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
		if (ratio < (large ? 3 : 4.5)) bad.push(ratio.toFixed(2) + " " + e.tagName + "." + e.className + " " + text.slice(0, 30));
	}
	return [...new Set(bad)].join("\n");
})()`

// Accessible fails where axe-core finds something on the page, with every part of it
// open. HEARD_AXE names the file of its script: in CI it must be there, elsewhere nothing
// is looked at without it. It runs from outside the page, so that the page's own policy
// stays as it is.
func (b *Browser) Accessible(where string) {
	b.Helper()
	path := os.Getenv("HEARD_AXE")
	if path == "" {
		if os.Getenv("CI") != "" {
			b.Fatal("HEARD_AXE names no file: the pages are not shown to be accessible")
		}
		return // npm install axe-core, and name its axe.min.js
	}
	script, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Becomes("the whole page", `(document.querySelectorAll("details").forEach((d) => d.open = true), true)`)
	Evaluate[bool](b, string(script)+`; delete window.found; axe.run().then((r) => { window.found = r.violations.map((v) => v.id + ": " + v.help + " " +
		v.nodes.map((n) => n.html).join(" | ")).join("\n"); }, (e) => { window.found = "axe failed: " + e; }); true`)
	b.Becomes("what axe found", `typeof window.found === "string"`)
	if found := Evaluate[string](b, `window.found`); found != "" {
		b.Errorf("%s:\n%s", where, found)
	}
}
