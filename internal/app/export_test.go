package app

import "context"

// RunEvccOn is RunEvcc with a broker that need not be reached over a socket.
var RunEvccOn = runEvcc

// FindTree is what demo does with -tree.
var FindTree = findTree

// Demo is the command demo.
func (a *App) Demo(ctx context.Context, args []string) error { return a.command(ctx, "demo", args) }

// Remove is the command remove.
func (a *App) Remove(ctx context.Context, args []string) error { return a.command(ctx, "remove", args) }

func (a *App) command(ctx context.Context, name string, args []string) error {
	c, err := Find(name)
	if err != nil {
		return err
	}
	return c.Run(ctx, a, args)
}
