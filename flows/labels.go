package flows

// FieldOfProperty finds the field that becomes a case property: its label, and
// whether it tells who somebody is. Where several do, the first by name counts.
func (s *Set) FieldOfProperty(property string) (FieldSource, bool) {
	var found FieldSource
	for name, f := range s.fields {
		if f.Property == property && property != "" && (found.Name == "" || name < found.Name) {
			found = f
		}
	}
	return found, found.Name != ""
}

// OptionLabel is what an option of a field is called in the first language of
// the Set; false: no question that saves to the field has it.
func (s *Set) OptionLabel(field, option string) (string, bool) {
	labels := s.options[field][option]
	if len(labels) == 0 {
		return "", false
	}
	return labels[0], true
}
