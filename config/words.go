package config

// Words are something that people are told, by language: en, cy. Those under "" are
// for every language that has none of its own.
type Words map[string]string

// UnmarshalYAML takes one text for all languages, or one for each.
func (w *Words) UnmarshalYAML(read func(any) error) error {
	var text string
	if read(&text) == nil {
		*w = Words{"": text}
		return nil
	}
	var each map[string]string
	if err := read(&each); err != nil {
		return err
	}
	*w = each
	return nil
}
