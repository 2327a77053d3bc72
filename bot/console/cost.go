package console

import (
	"fmt"

	"heard/channels"
	"heard/flows"
)

// SMSCost says what a text costs as SMS: "2 SMS, 7-bit", or "1 SMS, 16-bit
// because of ŵ". On other channels nothing is billed by length, and it is empty.
func SMSCost(c channels.Channel, text string) string {
	if !channels.CapabilitiesOf(c).Segments {
		return ""
	}
	count := flows.CountSMS(text)
	if count.UCS2 {
		return fmt.Sprintf("%d SMS, 16-bit because of %c", count.Segments, count.Culprit)
	}
	return fmt.Sprintf("%d SMS, 7-bit", count.Segments)
}
