package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"heard/bot"
)

// Folder is a Bucket on a disk.
type Folder struct{ root *os.Root }

var _ Bucket = (*Folder)(nil)

// OpenFolder opens a folder, and makes it where there is none. Nothing outside of
// it can be reached, whatever the names are.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	return &Folder{root}, nil
}

// Close lets the folder go.
func (f *Folder) Close() error { return f.root.Close() }

// Put writes a file beside its place, has the disk keep it, and moves it there, so
// that a power cut leaves the whole file or none.
func (f *Folder) Put(_ context.Context, folder, name string, data []byte) error {
	if err := f.root.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	place := folder + "/" + name
	if err := f.write(place+".part", data); err != nil {
		return err
	}
	if err := f.root.Rename(place+".part", place); err != nil {
		return err
	}
	return f.sync(folder)
}

func (f *Folder) write(place string, data []byte) error {
	file, err := f.root.OpenFile(place, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// sync has the disk keep the names in a folder, and those of the folders above it.
func (f *Folder) sync(folder string) error {
	for _, one := range []string{folder, folder + "/..", "."} {
		dir, err := f.root.Open(one)
		if err != nil {
			return err
		}
		if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Get reads a file.
func (f *Folder) Get(_ context.Context, folder, name string) ([]byte, error) {
	data, err := f.root.ReadFile(folder + "/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, bot.ErrNotFound
	}
	return data, err
}

// Remove removes a file, or a folder with all that is in it.
func (f *Folder) Remove(_ context.Context, folder, name string) error {
	if name == "" {
		return f.root.RemoveAll(folder)
	}
	if err := f.root.Remove(folder + "/" + name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
