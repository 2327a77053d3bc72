package console

// posterWords are what a poster says in one language.
type posterWords struct {
	Title    string
	Right    string
	How      string
	Scan     string
	Or       string // before what is typed where nothing can be scanned
	Call     string
	Reads    string
	Danger   string
	Harm     string
	Start    string            // the word that begins a complaint
	Channels map[string]string // what a way is called, where it is called something else
}

// postersIn are the posters' words by language.
func postersIn() map[string]posterWords {
	return map[string]posterWords{
		"en": {
			Title:  "Something not right? Tell us.",
			Right:  "You have a right to complain. Nobody may treat you worse because you do.",
			How:    "Write to us day or night, in your own words. You can stay anonymous.",
			Scan:   "Point your phone's camera at a square:",
			Or:     "Or send",
			Call:   "You would rather talk? Send CALL ME. We ring you, and it costs you nothing.",
			Reads:  "An automatic helper answers first. Nobody reads what you write before you send it, but for words of danger. Then the complaints team reads it.",
			Danger: "This is not for emergencies. In danger? Tell any member of staff now, or call 999.",
			Harm:   "Texts cost what your network takes.",
			Start:  "Complain",
		},
		"cy": {
			Title:    "Rhywbeth o'i le? Dywedwch wrthym.",
			Right:    "Mae gennych hawl i gwyno. Ni chaiff neb eich trin yn waeth am hynny.",
			How:      "Ysgrifennwch atom ddydd neu nos, yn eich geiriau eich hun. Gallwch aros yn ddienw.",
			Scan:     "Pwyntiwch gamera eich ffôn at sgwâr:",
			Or:       "Neu anfonwch",
			Call:     "Gwell gennych siarad? Anfonwch FFONIWCH FI. Byddwn yn eich ffonio, ac ni fydd yn costio dim i chi.",
			Reads:    "Mae ateb awtomatig yn dod yn gyntaf. Nid oes neb yn darllen eich geiriau cyn i chi eu hanfon, heblaw geiriau am berygl. Yna mae'r tîm cwynion yn eu darllen.",
			Danger:   "Nid yw hwn ar gyfer argyfwng. Mewn perygl? Dywedwch wrth aelod o staff nawr, neu ffoniwch 999.",
			Harm:     "Mae negeseuon testun yn costio pris arferol eich rhwydwaith.",
			Start:    "Cwyno",
			Channels: map[string]string{"Text message": "Neges destun"},
		},
	}
}

// languageName is a language in English.
func languageName(language string) string {
	if name, ok := map[string]string{"en": "English", "cy": "Welsh"}[language]; ok {
		return name
	}
	return language
}
