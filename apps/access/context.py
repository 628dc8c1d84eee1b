from django.http import HttpRequest


def space(request: HttpRequest) -> dict[str, object]:
    return {}
