// Package api is the desk for programs: /api/v1, described by the OpenAPI document
// at /api/v1/openapi.json.
//
// It stands on the functions of package desk, as the pages do, so that what they
// hide it hides too. A program signs in with a token, whose scopes are permissions of
// the desk, and stands in the audit log as "token:" and the token's id. It must not
// know of the store's keys, nor of any person.
package api
