package console_test

import (
	"testing"
)

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

// Whoever sees little can read all of it.
func TestContrast(t *testing.T) {
	h := newHouse(t, nil)
	h.opened(t, "telegram", "A second case")
	b := openBrowser(t, 1280, 900)
	b.visit(h.server.URL)
	for _, with := range hands() {
		b.tab(with.channel)
		b.writes("I want to die")
		b.hears("Is somebody in danger now?")
		with.answer(b, "2", "No")
		b.hears("We go on")
		if with.channel == "sms" {
			b.writes("stop")
			b.until("the network's words", `document.querySelector("#panel-sms .network")?.checkVisibility()`)
		}
		b.sees(".tasks", "Danger")
		if bad := evaluate[string](b, audit); bad != "" {
			t.Errorf("%s: hard to read:\n%s", with.channel, bad)
		}
	}
}
