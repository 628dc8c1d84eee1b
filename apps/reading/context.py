from django.http import HttpRequest


def reading(request: HttpRequest) -> dict[str, object]:
    return {}
