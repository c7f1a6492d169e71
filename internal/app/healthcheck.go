package app

import (
	"context"
	"errors"

	"evcc-discovery/internal/web"
)

// Healthcheck asks the program that runs beside this one whether it works; nil means yes. The broker does not matter.
func (a *App) Healthcheck(ctx context.Context) error {
	if a.Settings.HealthAddress == "" {
		return errors.New("healthcheck: set EVCC_DISCOVERY_HEALTH_ADDRESS to the running program's, such as 127.0.0.1:8099")
	}
	return web.Check(ctx, a.Settings.HealthAddress)
}
