package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"evcc-discovery/internal/hint"
)

// App is the place where the program runs, as far as settings depend on it.
type App struct {
	Supervised bool   // by Home Assistant's Supervisor
	Data       string // directory of ours that survives restarts, "" = none
	Options    string // file with the options of Home Assistant's app, "" = none
}

// Surroundings finds out where the program runs: as Home Assistant's app (the Supervisor gives a token and the directory data), under
// systemd (StateDirectory=), or anywhere else.
func Surroundings(data string, getenv func(string) string) App {
	switch {
	case strings.TrimSpace(getenv("SUPERVISOR_TOKEN")+getenv("HASSIO_TOKEN")) != "":
		return App{Supervised: true, Data: data, Options: filepath.Join(data, "options.json")}
	case getenv("STATE_DIRECTORY") != "":
		return App{Data: getenv("STATE_DIRECTORY")}
	}
	return App{}
}

// options takes over the app's options where the environment says nothing, and returns the names of those taken.
// Names are those of the settings in lower case; empty values count as not set.
func (c *checker) options(r *raw, file string, given map[string]bool) []string {
	if file == "" {
		return nil
	}
	options, err := readOptions(file)
	if err != nil {
		c.problems = append(c.problems, err)
		return nil
	}
	var taken []string
	v := reflect.ValueOf(r).Elem()
	for i, f := range fields() {
		key := strings.ToLower(strings.TrimPrefix(f.Name, Prefix+"_"))
		value, ok := options[key]
		delete(options, key)
		text, err := optionText(value)
		switch {
		case err != nil:
			c.problems = append(c.problems, fmt.Errorf("option %s: %w", key, err))
		case ok && text != "" && !given[f.Name]:
			v.Field(i).SetString(text)
			given[f.Name] = true
			taken = append(taken, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(options)) {
		nearest, _ := hint.Nearest(strings.ToUpper(key), names())
		c.warnings = append(c.warnings, "unknown option "+key+"; did you mean "+strings.ToLower(nearest)+"?")
	}
	slices.Sort(taken)
	return taken
}

func readOptions(file string) (map[string]any, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the app's options: %w", err)
	}
	var options map[string]any
	if err := json.Unmarshal(content, &options); err != nil {
		return nil, fmt.Errorf("the app's options in %s: %w; save them once more on the app's page", file, err)
	}
	return options, nil
}

// optionText writes an option as the environment would have it.
func optionText(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case []any:
		var list []string
		for i, item := range v {
			text, ok := item.(string)
			switch {
			case !ok:
				return "", fmt.Errorf("item %d is not a text", i+1)
			case strings.Contains(text, ","):
				return "", fmt.Errorf("item %d holds a comma; make it two items", i+1)
			case strings.TrimSpace(text) != "": // an empty line in the form
				list = append(list, text)
			}
		}
		return strings.Join(list, ","), nil
	}
	return "", errors.New("neither text, number, true or false, nor a list of texts")
}
