// Package browser looks at Home Assistant as a person does: Debian's Chromium, headless, on the pages of Home
// Assistant's own frontend, logged in with the tokens of the test.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"evcc-discovery/e2e/internal/await"
	"evcc-discovery/e2e/internal/homeassistant"
)

// names are those under which a Chromium is installed.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Find returns the path of the installed Chromium, or an error that says how to get one.
func Find() (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium is installed: apt-get install chromium fonts-noto-color-emoji")
}

// Browser is one tab of a Chromium of its own, with an empty profile. It is not safe for concurrent use.
type Browser struct {
	ctx   context.Context
	close []context.CancelFunc
}

// Open starts a Chromium that is logged in to Home Assistant and shows its pages in a language ("en", "de").
func Open(ctx context.Context, ha *homeassistant.Instance, language string) (*Browser, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // its own sandbox needs rights that a container may not have
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", language),
	)
	b := &Browser{}
	ctx, cancel := chromedp.NewExecAllocator(ctx, options...)
	b.close = append(b.close, cancel)
	b.ctx, cancel = chromedp.NewContext(ctx)
	b.close = append(b.close, cancel)
	if err := b.logIn(ctx, ha, language); err != nil {
		b.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return b, nil
}

// Close ends the Chromium.
func (b *Browser) Close() {
	for i := len(b.close) - 1; i >= 0; i-- {
		b.close[i]()
	}
}

// logIn lets every document find our tokens where the frontend keeps its own.
func (b *Browser) logIn(ctx context.Context, ha *homeassistant.Instance, language string) error {
	access, refresh, err := ha.Tokens(ctx)
	if err != nil {
		return err
	}
	const life = 30 * time.Minute
	tokens, err := json.Marshal(map[string]any{
		"hassUrl": ha.URL, "clientId": ha.URL + "/", "access_token": access, "refresh_token": refresh, "token_type": "Bearer",
		"expires_in": life.Seconds(), "expires": time.Now().Add(life).UnixMilli(),
	})
	if err != nil {
		return err
	}
	script := deep + fmt.Sprintf("if (location.origin === %q) { localStorage.hassTokens = JSON.stringify(%s);"+
		"localStorage.selectedLanguage = JSON.stringify(%q); localStorage.dockedSidebar = JSON.stringify('always_hidden') }", ha.URL, tokens, language)
	return chromedp.Do(b.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// Show opens a page and waits until the frontend is connected and ready reports true: a JavaScript expression.
func (b *Browser) Show(ctx context.Context, url, ready string) error {
	ctx, cancel := b.bound(ctx)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	const connected = `document.querySelector("home-assistant")?.hass?.connected && !document.querySelector("#ha-launch-screen")`
	wait := chromedp.Poll[chromedp.Void]("!!("+connected+" && "+ready+")", chromedp.WithPollingInterval(100*time.Millisecond))
	if err := chromedp.Do(ctx, wait); err != nil {
		return fmt.Errorf("open %s: it does not show what was asked for (%s): %w", url, ready, err)
	}
	return nil
}

// Resize gives the tab a viewport.
func (b *Browser) Resize(width, height int64) error {
	return chromedp.Do(b.ctx, chromedp.EmulateViewport(width, height))
}

// Number runs a JavaScript expression that returns one.
func (b *Browser) Number(ctx context.Context, expression string) (float64, error) {
	ctx, cancel := b.bound(ctx)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[float64](expression))
}

// Text runs a JavaScript expression that returns one.
func (b *Browser) Text(ctx context.Context, expression string) (string, error) {
	ctx, cancel := b.bound(ctx)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](expression))
}

// sharpness is how many pixels of a picture a pixel of the page has: letters stay readable where it is shown smaller.
const sharpness = 1.5

// Picture returns a part of the viewport, from its upper left corner, as a PNG that is small enough for a repository.
func (b *Browser) Picture(ctx context.Context, width, height float64) ([]byte, error) {
	ctx, cancel := b.bound(ctx)
	defer cancel()
	shot, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		result, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Clip: &page.Viewport{Width: width, Height: height, Scale: sharpness},
		})
		return result.Data, err
	})
	if err != nil {
		return nil, fmt.Errorf("take a picture: %w", err)
	}
	return shrink(shot)
}

// bound ends an action with the caller's context, and in any case after a while.
func (b *Browser) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	bound, cancel := context.WithTimeout(b.ctx, await.Patience)
	stop := context.AfterFunc(ctx, cancel)
	return bound, func() { stop(); cancel() }
}
