package main

import (
	"errors"
	"fmt"
	"os"

	"heard/bot/files"
	"heard/config"
)

// keeping is where the files that people send are kept.
type keeping struct {
	store  files.Store
	folder *files.Folder // nil: a bucket
	passes string        // a folder that goes with this process; empty: none
}

// openFiles opens the folder or the bucket. Beside an embedded store, which keeps
// nothing, the files are not kept either.
func openFiles(c config.Config) (*keeping, error) {
	if c.S3 != nil {
		bucket, err := files.OpenS3(files.S3Options(*c.S3))
		if err != nil {
			return nil, fmt.Errorf("s3: %w", err)
		}
		return &keeping{store: files.New(bucket)}, nil
	}
	k := &keeping{}
	path := c.Files
	if c.Redis == config.Embedded {
		var err error
		if path, err = os.MkdirTemp("", "heard-files-"); err != nil {
			return nil, fmt.Errorf("files: a folder for the while cannot be made: %w", err)
		}
		k.passes = path
	}
	folder, err := files.OpenFolder(path)
	if err != nil {
		return nil, fmt.Errorf("files: the folder %q cannot be used: %w: name one that heard may write to", path, errors.Unwrap(err))
	}
	k.folder, k.store = folder, files.New(folder)
	return k, nil
}

func (k *keeping) close() error {
	var err error
	if k.folder != nil {
		err = k.folder.Close()
	}
	if k.passes != "" {
		err = errors.Join(err, os.RemoveAll(k.passes))
	}
	return err
}
