package browser

import "context"

// deep lists the elements below all shadow roots, of which Home Assistant's frontend is made.
const deep = `window.deep = (selector, root = document) => [...root.querySelectorAll(selector),
	...[...root.querySelectorAll("*")].flatMap(e => e.shadowRoot ? window.deep(selector, e.shadowRoot) : [])];
window.devicePage = selector => window.deep("ha-config-device-page").flatMap(p => window.deep(selector, p.shadowRoot));
`

// drawn is true once the page of a device has rows and each of them its icon, which the frontend fetches one by one.
const drawn = `window.devicePage("ha-device-entities-card").length > 0 &&
	window.devicePage("state-badge").every(b => window.deep("path", b.shadowRoot).some(p => p.getAttribute("d")))`

// ShowDevice opens the page of a device and waits until it is drawn.
func (b *Browser) ShowDevice(ctx context.Context, base, id string) error {
	return b.Show(ctx, base+"/config/devices/device/"+id, drawn)
}

// DeviceSize is how many pixels the device page takes without scrolling, and how many of its width hold something: the
// column for the activity is empty here.
func (b *Browser) DeviceSize(ctx context.Context) (width, height float64, err error) {
	const margin = " + 16"
	const columns = `window.devicePage(".column").filter(c => c.children.length > 0)`
	width, err = b.Number(ctx, `Math.max(...`+columns+`.map(c => c.getBoundingClientRect().right))`+margin)
	if err != nil {
		return 0, 0, err
	}
	height, err = b.Number(ctx, `window.devicePage(".container")[0].getBoundingClientRect().bottom`+margin)
	return width, height, err
}
