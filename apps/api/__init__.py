"""REST face of the services, with its OpenAPI description."""
